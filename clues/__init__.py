"""What the alliance shares: submissions, matches, rings, screenings and cases."""
