def mezclar(primero, segundo):
    if not primero:
        return segundo
    if not segundo:
        return primero
    mezcla = []
    for i in range(max(len(primero), len(segundo))):
        mezcla += primero[i:i + 1] + segundo[i:i + 1]
    return mezcla
