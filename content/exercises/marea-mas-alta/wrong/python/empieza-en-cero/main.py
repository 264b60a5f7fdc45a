def marea_mas_alta(alturas):
    mayor = 0
    donde = 0
    for i in range(len(alturas)):
        if alturas[i] > mayor:
            mayor = alturas[i]
            donde = i
    return (mayor, donde)
