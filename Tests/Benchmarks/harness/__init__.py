"""The benchmarks: Sallyport beside its peers, on the same machine and in the same run."""
