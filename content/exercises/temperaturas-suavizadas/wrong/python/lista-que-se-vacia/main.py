def suavizar(temperaturas, k):
    promedios = []
    for i in range(len(temperaturas) - k + 1):
        promedios = []
        promedios.append(sum(temperaturas[i:i + k]) / k)
    return promedios
