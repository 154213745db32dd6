"""What organizations need and offer: postings, finding them, and whom they fit."""
