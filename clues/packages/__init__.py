"""Report packages: what leaves the alliance for the police or another authority, complete and verifiable offline."""
