def marea_mas_alta(alturas):
    mejor = 0
    for i in range(len(alturas)):
        if alturas[i] > alturas[mejor]:
            mejor = i
    return (alturas[mejor], mejor)
