"""Matching: chunks become clues and sightings, sightings meet at the hub, matches are told."""
