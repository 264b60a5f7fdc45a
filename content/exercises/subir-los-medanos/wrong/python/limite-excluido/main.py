def formas(metros, pasos=(1, 2, 5)):
    if metros < 0:
        return 0
    cuentas = [1]
    for altura in range(1, metros + 1):
        suma = 0
        for paso in pasos:
            if paso < altura:
                suma += cuentas[altura - paso]
        cuentas.append(suma)
    return cuentas[metros]
