def suavizar(temperaturas, k):
    promedios = []
    for i in range(len(temperaturas) - k + 1):
        suma = 0
        for j in range(k):
            suma = temperaturas[i + j]
        promedios.append(suma / k)
    return promedios
