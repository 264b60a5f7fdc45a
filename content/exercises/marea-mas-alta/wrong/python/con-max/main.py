def marea_mas_alta(alturas):
    mayor = max(alturas)
    donde = 0
    while alturas[donde + 1] != mayor:
        donde = donde + 1
    return (mayor, donde + 1)
