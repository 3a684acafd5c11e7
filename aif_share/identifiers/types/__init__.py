"""One module per identifier type, named after its code, holding IDENTIFIER. The registry finds it; nothing lists it."""
