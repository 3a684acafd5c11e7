"""Messages to the outside: an outbox in the database and one file for each channel."""
