"""The REST API of `clues`: each view reads the request, makes one call of the domain, and shows the answer."""
