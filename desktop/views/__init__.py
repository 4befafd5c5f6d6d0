"""What people see: Qt widgets over plain values. Views call operations through the task runner, never the database."""
