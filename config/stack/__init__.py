"""The whole platform on one machine, from Python wheels: embedded servers, and a supervisor that owns them."""
