def marea_mas_alta(alturas):
    mayor = alturas[0]
    donde = 0
    for i, altura in enumerate(alturas):
        if altura > mayor:
            mayor, donde = altura, i
    return mayor, donde
