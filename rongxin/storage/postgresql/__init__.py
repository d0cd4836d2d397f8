"""Django's PostgreSQL backend, telling the database who asks with every statement that touches rows."""
