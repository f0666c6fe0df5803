"""What the desk pages show, read with the viewer's eyes: every function takes the actor (or rows read with one)."""
