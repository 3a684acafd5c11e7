"""Dispositions: what members did, how long it took, and that it ends when the ground it rests on falls."""
