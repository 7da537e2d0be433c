"""The web console: one view file per page."""
