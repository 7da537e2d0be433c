"""`python -m hongyan`."""

from hongyan.cli import main

if __name__ == "__main__":
    main()
