"""Mathematics that more than one document needs; imports no document and nothing that samples."""
