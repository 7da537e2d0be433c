"""3 on the road: who may carry it, and why not the others."""
