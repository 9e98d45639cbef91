"""The warehouse itself: where it lives, how it is built, published, read and explained."""
