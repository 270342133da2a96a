"""The replica portal: a loopback server that behaves as baotintuc.vn does."""
