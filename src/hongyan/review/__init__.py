"""Beside the road: what a template or signature must look like, and where it stands with its reviewer."""
