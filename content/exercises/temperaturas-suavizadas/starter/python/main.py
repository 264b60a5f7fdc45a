def suavizar(temperaturas, k):
    pass
