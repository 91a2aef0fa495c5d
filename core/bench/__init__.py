"""Benchmarks anyone can rerun; nothing here touches the user's workspace."""
