"""Key epochs and the signed key directory. The token keys themselves lie with the custodians."""
