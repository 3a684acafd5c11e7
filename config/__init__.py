"""Wiring: settings, processes, addresses. No rule of the domain lives here."""
