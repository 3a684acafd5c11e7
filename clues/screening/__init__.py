"""Screening: asking whether tokens are known, without sharing them."""
