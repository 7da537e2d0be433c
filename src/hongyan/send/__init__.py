"""4 on the road: when. Pace, window, retries, and the hand-over to carriers."""
