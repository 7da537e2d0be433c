"""Looking at the program itself: /livez, /readyz, /metrics, logs."""
