"""One file a step; file names begin with r and the revision."""
