"""Figures for people: what an institution brought in, and how the alliance is doing. Never who."""
