"""The process pool around read(): time-out, recycling, quarantine."""
