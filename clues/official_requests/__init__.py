"""Official requests (协查, 调证): an authority asks the alliance; two people check and let through, members answer, what went is kept."""
