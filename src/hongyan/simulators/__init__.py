"""Gateways that listen: what a carrier looks like from outside, with the simulator's magic numbers and profiles.

Anyone can test any gateway against them; they share nothing with the road but the wire.
"""
