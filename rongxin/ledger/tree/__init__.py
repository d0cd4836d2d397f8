"""The Merkle tree over the entries (RFC 6962, 2.1): growing by its frontier, kept in tiles, proved and checked.

Knows no database and no files: hashes come and go as bytes.
"""
