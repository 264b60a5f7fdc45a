def formas(metros, pasos=(1, 2, 5)):
    if metros < 0:
        return 0
    if metros == 0:
        return 1
    total = 0
    for paso in pasos:
        total += formas(metros - paso, pasos)
        return total
    return total
