"""What changes weights: documents, chats, LoRA. Training never sees what it will be tested on: nothing here reads the
rooms `scenarios` and `graders`, and a test enforces it."""
