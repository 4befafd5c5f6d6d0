"""What people can do: plain functions of a context. They never touch Qt and never commit."""
