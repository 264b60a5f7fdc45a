def suavizar(temperaturas, k):
    promedios = []
    for i in range(len(temperaturas) - k):
        promedios.append(sum(temperaturas[i:i + k]) / k)
    return promedios
