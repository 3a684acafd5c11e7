"""The vault: objects and small texts under keys of their own, which the keys of AIF_KEKS wrap (docs/adr/0041)."""
