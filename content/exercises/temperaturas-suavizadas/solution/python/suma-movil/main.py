def suavizar(temperaturas, k):
    promedios = []
    suma = 0
    for i in range(len(temperaturas)):
        suma = suma + temperaturas[i]
        if i >= k:
            suma = suma - temperaturas[i - k]
        if i >= k - 1:
            promedios.append(suma / k)
    return promedios
