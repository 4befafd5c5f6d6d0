"""What desktop and server say to each other: change-sets, their bytes and hashes, and how they merge."""
