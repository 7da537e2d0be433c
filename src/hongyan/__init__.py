"""Hongyan 鸿雁: a self-hosted SMS platform. Start reading at ARCHITECTURE.md."""

__version__ = "0.1.0"
