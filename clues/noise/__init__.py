"""Noise lists: who proposes, who approves, who takes off. The matcher lets them act; nothing here touches a sighting."""
