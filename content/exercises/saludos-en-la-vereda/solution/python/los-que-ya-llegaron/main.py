def saludos(vecinos):
    pares = []
    for i, uno in enumerate(vecinos):
        for otro in vecinos[i + 1:]:
            pares.append(f"{uno} y {otro}")
    return pares
