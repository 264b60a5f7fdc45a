def marea_mas_alta(alturas):
    mayor = alturas[0]
    donde = 0
    for i in alturas:
        if alturas[i] > mayor:
            mayor = alturas[i]
            donde = i
    return (mayor, donde)
